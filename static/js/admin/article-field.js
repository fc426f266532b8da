// Django's pop-up puts the primary key of an added article into the field that opened it. This puts
// the title there, which is what the field shows and takes.
const dismiss = window.dismissAddRelatedObjectPopup;

window.dismissAddRelatedObjectPopup = (popup, key, title) => {
  const field = document.getElementById(popup.name.replace(/__\d+$/, ""));
  dismiss(popup, field?.hasAttribute("list") ? title : key, title);
};
